/** What a file of people does: who is new, what is paid in, which bets are taken over. Seen before anything is written. */

import type { ImportReport } from '@/api/types'
import { money } from '@/shared/money'
import { oddsText } from '@/shared/odds'
import { plural } from '@/shared/plural'
import { dayAndTime } from '@/shared/time'
import { Chip } from '@/shared/ui/Chip'
import styles from './Effect.module.css'
import shared from './import.module.css'

interface Props {
  people: NonNullable<ImportReport['people']>
  warnings: readonly string[]
}

export function People({ people, warnings }: Props) {
  const now = Date.now()
  const inMoney = (minor: number) => money(minor, people)
  const hidden = people.people_new + people.people_known - people.people.length
  const hiddenBets = people.bets_new + people.bets_unchanged - people.bets.length
  return (
    <>
      {warnings.length > 0 && (
        <ul className={styles.warnings}>
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <section aria-labelledby="people" className={styles.effect} data-testid="import-people">
        <h2 id="people">
          {plural(people.people_new + people.people_known, 'person', 'people')}
          <span>
            {' '}
            {people.people_new} new, {inMoney(people.deposited)} paid in as{' '}
            {plural(people.deposits, 'opening balance')}
          </span>
        </h2>
        <ul>
          {people.people.map(({ name, email, status, deposit, left }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two people may be called the same.
            <li key={at} data-testid="import-person">
              <Chip tone={status === 'new' ? 'chosen' : 'plain'}>{status === 'new' ? 'New' : 'Member'}</Chip>
              <span className={styles.match}>
                <b>
                  <bdi>{name}</bdi>
                </b>
                <small>{email ? <bdi>{email}</bdi> : 'no e-mail'}</small>
              </span>
              <span className={styles.outcomes}>
                <span>{deposit > 0 ? `${inMoney(deposit)} paid in` : 'nothing paid in'}</span>
                <span>{inMoney(left)} in the wallet afterwards</span>
              </span>
            </li>
          ))}
        </ul>
        {hidden > 0 && <p className={shared.hint}>And {plural(hidden, 'more person', 'more people')}.</p>}
      </section>
      {people.bets.length > 0 && (
        <section aria-labelledby="taken-over" className={styles.effect} data-testid="import-bets">
          <h2 id="taken-over">
            {plural(people.bets_new + people.bets_unchanged, 'bet')}
            <span>
              {' '}
              {people.bets_new} taken over, {inMoney(people.staked)} staked
              {people.bets_unchanged > 0 && `, ${people.bets_unchanged} there already`}
            </span>
          </h2>
          <ul>
            {people.bets.map((bet, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two rows may say the same.
              <li key={at} data-testid="import-bet">
                <Chip tone={bet.status === 'new' ? 'chosen' : 'plain'}>
                  {bet.status === 'new' ? 'Taken over' : 'Unchanged'}
                </Chip>
                <span className={styles.match}>
                  <b>
                    <bdi>{bet.outcome}</bdi>
                  </b>
                  <small>
                    <bdi>{bet.match}</bdi>
                    {bet.is_new_match && ', new match: a draft to complete'}
                  </small>
                  <small>
                    <bdi>{bet.name}</bdi>, {bet.placed_at ? dayAndTime(bet.placed_at, now) : 'as of now'}
                  </small>
                </span>
                <span className={styles.outcomes}>
                  {inMoney(bet.stake)}
                  {bet.odds !== null && ` at ${oddsText(bet.odds)}`}
                </span>
              </li>
            ))}
          </ul>
          {hiddenBets > 0 && <p className={shared.hint}>And {plural(hiddenBets, 'more bet')}.</p>}
        </section>
      )}
    </>
  )
}
