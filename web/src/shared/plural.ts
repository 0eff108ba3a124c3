/** "1 bet", "14 bets", "10,000 bets". */
export const plural = (n: number, word: string) => `${n.toLocaleString('en-GB')} ${word}${n === 1 ? '' : 's'}`
