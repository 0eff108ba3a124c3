/** Figures and spans as the cockpit says them. */

export const whole = (n: number) => n.toLocaleString('en-GB')

/** "4 s", "12 min", "3 h 20 min", "5 d 2 h". */
export function span(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min`
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`
}
