/** How to join: a QR code to the board, its address for those who type, and how fresh the wall is. */

import { useLink } from '@/feed/useFeed'
import { usePublicAddress } from '@/shared/publicAddress'
import { Qr } from '@/shared/ui/Qr'
import styles from './Join.module.css'

/** A break after each slash, so that an address wraps where one would read on. */
function Address({ url }: { url: URL }) {
  return (
    <span className={styles.address} dir="ltr">
      {`${url.host}${url.pathname}`.split(/(?<=\/)/).map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of an address stand where they stand
        <span key={i}>
          {part}
          <wbr />
        </span>
      ))}
    </span>
  )
}

export function Join({ path, canBet }: { path: string; canBet: boolean }) {
  const { phase, latencyMs } = useLink()
  const { base, isReached, would } = usePublicAddress()
  const url = new URL(path, base)
  return (
    <section className={styles.join} aria-label="Join">
      <div className={styles.code}>
        <Qr text={url.href} says={`QR code to ${url.host}${url.pathname}`} />
      </div>
      <div className={styles.words}>
        {isReached ? (
          <>
            <strong>{canBet ? 'Scan to bet' : 'Scan for the board'}</strong>
            <Address url={url} />
          </>
        ) : (
          <>
            <strong>Not open to phones</strong>
            <span className={styles.address} data-testid="unreached">
              Start with --host 0.0.0.0{would[0] && `, then ${new URL(would[0]).host}`}
            </span>
          </>
        )}
        {phase === 'live' && (
          <span className={styles.live} data-testid="link-status">
            <i aria-hidden="true" />
            Live <b className="num">{latencyMs === null ? '' : `${latencyMs} ms`}</b>
          </span>
        )}
      </div>
    </section>
  )
}
