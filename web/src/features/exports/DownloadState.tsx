/** How a download stands: how far it has come, that it is done, or what went wrong and the way to try again. */

import type { ReactNode } from 'react'
import { plural } from '@/shared/plural'
import { clockTime } from '@/shared/time'
import { Note } from '@/shared/ui/Note'
import type { Download } from './downloads'
import styles from './exports.module.css'
import { FORMAT_NAME, size, soFar } from './words'

const GOES_ON = 'The browser keeps the file; it goes on when you leave this page.'

/** `children` is the way to try again. */
export function DownloadState({ download, children }: { download: Download; children: ReactNode }) {
  const { progress } = download
  return (
    <div className={styles.state} data-testid="download" data-state={progress?.state ?? 'asked'}>
      {progress?.state === 'failed' || progress?.state === 'left' ? (
        <Failed download={download}>{children}</Failed>
      ) : (
        <Going download={download} />
      )}
    </div>
  )
}

function Going({ download }: { download: Download }) {
  const { progress, format, isUnknown, overAt } = download
  const name = FORMAT_NAME[format]
  if (progress?.state === 'done') {
    return (
      <Note tone="good" icon="check" title={`${name} downloaded`}>
        at <span className="num">{clockTime(overAt ?? download.at)}</span>: {plural(progress.rows, 'row')},{' '}
        {size(progress.bytes)}. It is among the browser’s downloads.
      </Note>
    )
  }
  if (isUnknown) {
    return (
      <Note tone="plain" icon="in" title={`${name} requested.`}>
        Your browser shows how far the download is.
      </Note>
    )
  }
  const { text, share } = progress ? soFar(progress) : { text: 'Requested.', share: null }
  return (
    <div className={styles.going}>
      <p>
        <b>{name}</b> <span className="num">{text}</span>
      </p>
      <progress aria-label={`${name}, made so far`} value={share ?? undefined} max={1} />
      <p className={styles.counted}>{GOES_ON}</p>
    </div>
  )
}

function Failed({ download, children }: { download: Download; children: ReactNode }) {
  const { progress, format } = download
  const why =
    progress?.state === 'left'
      ? 'It was stopped in the browser, or the connection was lost.'
      : progress?.detail
  return (
    <>
      <Note tone="bad" icon="cross" title={`${FORMAT_NAME[format]} not downloaded.`} alert>
        {why} {progress && progress.bytes > 0 && 'What came of it is not the whole file.'}
      </Note>
      {(progress?.state === 'left' || progress?.retry) && <div>{children}</div>}
    </>
  )
}
