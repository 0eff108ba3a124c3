/** What a tournament can be set to, in words. */

/** The list of `rules/money.py`; a test holds them the same. */
export const CURRENCIES = [
  'EUR',
  'USD',
  'GBP',
  'CHF',
  'SEK',
  'NOK',
  'DKK',
  'PLN',
  'CZK',
  'HUF',
  'CAD',
  'AUD',
  'NZD',
  'JPY',
  'KRW',
  'KWD',
  'BHD',
  'PTS',
  'PTC',
] as const

const POINTS: Record<string, string> = {
  PTS: 'PTS – points, for play',
  PTC: 'PTC – points with two decimals: small bets lose nothing to rounding',
}
export const isPoints = (code: string) => code in POINTS
const names = new Intl.DisplayNames('en-GB', { type: 'currency' })

export function currencyLabel(code: string): string {
  return POINTS[code] ?? `${code} – ${names.of(code)}`
}

/** Every zone this browser knows; UTC is not always among them. */
export function timezones(): string[] {
  return [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])]
}

/** The zone of this device, where it is one of them. */
export function ownTimezone(): string {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  return timezones().includes(own) ? own : 'UTC'
}

export const PROVIDER_LABEL: Record<string, string> = {
  desk: 'At the desk: a cashier or organizer looks at a document',
  sandbox: 'The sandbox provider: for trying it out',
  veriff: 'Veriff: by telephone, before they come to the desk',
  onfido: 'Onfido: by telephone, before they come to the desk',
  none: 'None: it is played for points',
}
