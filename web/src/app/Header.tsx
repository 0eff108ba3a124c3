/** The bar on top of every page: where one is, where one can go, the link's state and the wallet. */

import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Me } from '@/api/types'
import { oddsFormat, useNarrow, useOddsFormat } from '@/shared/prefs'
import { auditedBy, worksAtDesk } from '@/shared/session'
import { Segments } from '@/shared/ui/Segments'
import { Tabs } from '@/shared/ui/Tabs'
import styles from './Header.module.css'
import { Menu } from './Menu'
import { nextOf, useHere } from './useGoBack'

interface Props {
  title: string
  subtitle?: string
  slug: string | null
  me: Me | null | undefined
  /** Link status and wallet, where the page has them. */
  children?: ReactNode
}

export function OddsFormatChoice() {
  const format = useOddsFormat()
  return (
    <Segments
      label="Odds format"
      value={format}
      onChoose={oddsFormat.set}
      options={[
        { value: 'decimal', label: '2.40', words: 'Decimal odds' },
        { value: 'fractional', label: '7/5', words: 'Fractional odds' },
        { value: 'american', label: '+140', words: 'American odds' },
      ]}
    />
  )
}

/** Whether the pages of a bettor are any use to this reader: who only runs tournaments has neither bets nor wallet. */
function isBettor(me: Me) {
  return me.memberships.length === 0 || me.memberships.some((member) => member.wallet_id !== null)
}

/** What a bettor needs now and then; in the menu on every screen. */
function MoreLinks() {
  return (
    <>
      <Link to="/limits">Your limits</Link>
      <Link to="/verify">Identity check</Link>
    </>
  )
}

export function NavLinks({ slug, me }: Pick<Props, 'slug' | 'me'>) {
  const bets = me && isBettor(me)
  return (
    <>
      {slug ? (
        <Link to="/t/$slug" params={{ slug }}>
          Board
        </Link>
      ) : (
        <Link to="/">Tournaments</Link>
      )}
      {bets && <Link to="/bets">My bets</Link>}
      {bets && <Link to="/wallet">Wallet</Link>}
      {slug && worksAtDesk(me, slug) && (
        <Link to="/org/t/$slug" params={{ slug }}>
          Desk
        </Link>
      )}
      {me && (me.admin || auditedBy(me).length > 0) && <Link to="/audit">Audit</Link>}
      {me?.admin && <Link to="/ops">Operations</Link>}
    </>
  )
}

export function Header({ title, subtitle, slug, me, children }: Props) {
  const isNarrow = useNarrow()
  const here = useHere()
  return (
    <header className={styles.top}>
      <Link to="/" className={styles.brand} aria-label={`${title}. All tournaments`}>
        <b>{title}</b>
        {subtitle && <span>{subtitle}</span>}
      </Link>
      {!isNarrow && (
        <Tabs label="Main" current={here} className={styles.nav}>
          <NavLinks slug={slug} me={me} />
        </Tabs>
      )}
      <div className={styles.tools}>
        {!isNarrow && <OddsFormatChoice />}
        {children}
        {me === null && !isNarrow && (
          <Link to="/sign-in" search={nextOf(here)} className={styles.signIn}>
            Sign in
          </Link>
        )}
        <Menu me={me}>
          {slug && (
            <Link to="/t/$slug/tote" params={{ slug }} target="_blank">
              Open the wall
            </Link>
          )}
          {isNarrow && (
            <>
              <NavLinks slug={slug} me={me} />
              <OddsFormatChoice />
            </>
          )}
          {me && isBettor(me) && <MoreLinks />}
        </Menu>
      </div>
    </header>
  )
}
