/** "1 bet", "14 bets", "10,000 bets"; "2 matches" where the plural is said. */
export const plural = (n: number, one: string, many = `${one}s`) =>
  `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`
