/** The last eight figures of a bet's number, as one would read them aloud: "9F3C-01AB". */
export const referenceOf = (id: string) => `${id.slice(-8, -4)}-${id.slice(-4)}`.toUpperCase()
