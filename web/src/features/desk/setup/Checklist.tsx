/** From an empty tournament to its first bet. Goes away with the first bet, or when it is put away. */

import { useQuery } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
import { api, must } from '@/api/client'
import type { Structure } from '@/feed/board'
import { useFeed } from '@/feed/useFeed'
import { Button, LinkButton } from '@/shared/ui/Button'
import { Icon } from '@/shared/ui/Icon'
import { beginRun, useRun } from '../bulk/runs'
import { openDrafts } from '../bulk/words'
import styles from './Checklist.module.css'
import { remembered } from './remembered'
import { nextStep, type Step, stepsOf } from './steps'

/** Enough to know whether somebody came; the list itself is the room of people's. */
const MEMBERS_ASKED = 200

function useHasBets(): boolean {
  const feed = useFeed()
  return useSyncExternalStore(feed.onBook, () => (feed.board()?.bets ?? 0) > 0)
}

function useBettors(slug: string): number | null {
  const members = useQuery({
    queryKey: ['members', slug, 'bettors'],
    queryFn: () =>
      must(
        api.GET('/api/tournament/{which}/member', {
          params: { path: { which: slug }, query: { limit: MEMBERS_ASKED } },
        }),
      ),
    refetchInterval: 15_000,
  })
  return members.data?.items.filter(({ role }) => role === 'bettor').length ?? null
}

interface Props {
  slug: string
  structure: Structure
  onAdd: () => void
  /** Lists the drafts, to look at their odds. */
  onDrafts: () => void
}

export function Checklist(props: Props) {
  const hasBets = useHasBets()
  const [isAway, setAway] = useState(() => remembered.get(props.slug, 'away'))
  if (hasBets) return null
  function putAway(away: boolean) {
    remembered.set(props.slug, 'away', away)
    setAway(away)
  }
  if (isAway)
    return (
      <p className={styles.back}>
        <Button size="small" look="plain" onClick={() => putAway(false)}>
          Show the set-up checklist
        </Button>
      </p>
    )
  return <Steps {...props} onAway={() => putAway(true)} />
}

function Steps({ slug, structure, onAdd, onDrafts, onAway }: Props & { onAway: () => void }) {
  const bettors = useBettors(slug)
  const [sawWall, setSawWall] = useState(() => remembered.get(slug, 'wall'))
  const steps = stepsOf({ structure, bettors, sawWall })
  const next = nextStep(steps)
  if (next === null) return null
  return (
    <section className={styles.setup} aria-labelledby="setup" data-testid="checklist">
      <header>
        <h2 id="setup">Set up the tournament</h2>
        <span className="num">
          {steps.filter(({ isDone }) => isDone).length} of {steps.length}
        </span>
        <Button size="small" look="plain" onClick={onAway}>
          Hide checklist
        </Button>
      </header>
      <ol>
        {steps.map((step, i) => (
          <li
            key={step.name}
            data-done={step.isDone || undefined}
            data-next={step.name === next || undefined}
            data-step={step.name}
          >
            <span className={styles.mark}>
              {step.isDone ? <Icon name="check" className={styles.check} /> : i + 1}
              <span className="visually-hidden">
                {step.isDone ? ' Done: ' : step.name === next ? ' Next: ' : ' '}
              </span>
            </span>
            <span className={styles.words}>
              <b>{step.title}</b>
              <small>{step.detail}</small>
            </span>
            <Doing
              step={step}
              slug={slug}
              structure={structure}
              isNext={step.name === next}
              onAdd={onAdd}
              onDrafts={onDrafts}
              onWall={() => {
                remembered.set(slug, 'wall', true)
                setSawWall(true)
              }}
            />
          </li>
        ))}
      </ol>
    </section>
  )
}

interface DoingProps {
  step: Step
  slug: string
  structure: Structure
  isNext: boolean
  onAdd: () => void
  onDrafts: () => void
  onWall: () => void
}

/** The button or link that does a step. */
function Doing({ step, slug, structure, isNext, onAdd, onDrafts, onWall }: DoingProps) {
  const run = useRun(slug)
  const look = isNext ? 'main' : 'plain'
  const drafts = [...structure.markets.values()].filter(
    ({ status, waits_for_sides }) => status === 'draft' && !waits_for_sides,
  )
  switch (step.name) {
    case 'matches':
      return (
        <span className={styles.ways}>
          <LinkButton look={look}>
            <a href={`/org/t/${slug}/import`}>Import a spreadsheet</a>
          </LinkButton>
          <Button size="small" look="plain" onClick={onAdd}>
            Add a match
          </Button>
        </span>
      )
    case 'odds':
      if (drafts.length === 0) return null
      return (
        <Button size="small" look={look} onClick={onDrafts}>
          Look at the drafts
        </Button>
      )
    case 'people':
      return (
        <LinkButton look={look}>
          <a href={`/org/t/${slug}/people`}>Invite people</a>
        </LinkButton>
      )
    case 'open':
      if (drafts.length === 0) return null
      return (
        <Button
          size="small"
          look={look}
          disabled={run?.status === 'going'}
          onClick={() =>
            beginRun(
              slug,
              openDrafts(drafts.length),
              'open',
              drafts.map(({ id }) => id),
            )
          }
        >
          {openDrafts(drafts.length)}
        </Button>
      )
    case 'wall':
      return (
        <LinkButton look={look}>
          <a href={`/t/${slug}/tote`} target="_blank" rel="noreferrer" onClick={onWall}>
            Open the wall
          </a>
        </LinkButton>
      )
  }
}
