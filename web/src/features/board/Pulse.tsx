/** The pulse: bars of money per second and the running total, on one canvas. Redrawn when it changed, once a second at least. */

import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useFeed } from '@/feed/useFeed'
import { useTheme } from '@/shared/prefs'
import styles from './Hero.module.css'
import { pulseSeries } from './pulseSeries'

const REDRAW_MS = 250

interface Props {
  height: number
  seconds: number
  prefix: string
  exponent: number
}

interface Colours {
  bar: string
  dim: string
  now: string
  muted: string
  grid: string
}

function coloursOf(element: HTMLElement): Colours {
  const css = getComputedStyle(element)
  const of = (name: string) => css.getPropertyValue(name).trim()
  return {
    bar: of('--pulse'),
    dim: of('--pulse-dim'),
    now: of('--pulse-now'),
    muted: of('--muted'),
    grid: of('--grid'),
  }
}

/** 5000 as "5k": the axis is narrow. */
const short = (value: number) => (value >= 1000 ? `${value / 1000}k` : String(value))

/** Bars with rounded heads that fade with age; a second without money is a dim dash. */
function drawBars(plot: uPlot, colours: Colours) {
  const { ctx, bbox } = plot
  const stakes = plot.data[1] as number[]
  const ratio = devicePixelRatio || 1
  const slot = bbox.width / stakes.length
  const width = Math.max(1, Math.round(slot * 0.66))
  const radius = Math.min(width / 2, 3 * ratio)
  const floor = bbox.top + bbox.height
  ctx.save()
  stakes.forEach((value, i) => {
    const x = Math.round(bbox.left + i * slot + (slot - width))
    const age = i / (stakes.length - 1)
    if (value <= 0) {
      ctx.globalAlpha = 0.55
      ctx.fillStyle = colours.dim
      ctx.fillRect(x, floor - 2 * ratio, width, 2 * ratio)
      return
    }
    const tall = Math.max(2 * ratio, floor - plot.valToPos(value, 'stakes', true))
    ctx.globalAlpha = 0.34 + 0.66 * age * age
    ctx.fillStyle = i === stakes.length - 1 ? colours.now : colours.bar
    ctx.beginPath()
    ctx.roundRect(x, floor - tall, width, tall, [radius, radius, 0, 0])
    ctx.fill()
  })
  ctx.restore()
}

function optionsOf(width: number, { height, seconds, prefix }: Props, colours: Colours): uPlot.Options {
  const font = '12px B612, sans-serif'
  const labels = seconds > 60 ? [-90, -60, -30, 0] : [-40, -20, 0]
  const plain = { stroke: colours.muted, font, ticks: { show: false } }
  return {
    width,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-seconds + 1, 0] },
      stakes: { range: (_plot, _min, max) => [0, Math.max(60, (max ?? 0) * 1.25)] },
      total: {
        range: (_plot, min, max) => {
          const span = max - min + 1
          return [min - span * 2.4, max + span * 0.14]
        },
      },
    },
    axes: [
      {
        ...plain,
        size: 24,
        gap: 5,
        grid: { show: false },
        splits: () => labels,
        values: (_plot, splits) => splits.map((at) => (at === 0 ? 'now' : `−${-at}s`)),
      },
      {
        ...plain,
        scale: 'stakes',
        side: 1,
        size: 46,
        gap: 8,
        space: 42,
        grid: { stroke: colours.grid, width: 1 },
        values: (_plot, splits) => splits.map((value) => (value ? prefix + short(value) : '')),
      },
    ],
    series: [
      {},
      { scale: 'stakes', paths: () => null, points: { show: false }, stroke: colours.bar },
      {
        scale: 'total',
        stroke: colours.muted,
        width: 1.5,
        points: { show: false },
        paths: uPlot.paths.stepped?.({ align: 1 }),
      },
    ],
    hooks: {
      drawSeries: [
        (plot, series) => {
          if (series === 1) drawBars(plot, colours)
        },
      ],
    },
  }
}

export function Pulse(props: Props) {
  const { height, seconds, prefix, exponent } = props
  const feed = useFeed()
  const theme = useTheme()
  const host = useRef<HTMLDivElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours read from the element
  useEffect(() => {
    const element = host.current
    if (!element) return
    const series = () => {
      const { seconds: x, stakes, totals } = pulseSeries(feed.board(), feed.serverNow(), seconds, exponent)
      return [x, stakes, totals] as uPlot.AlignedData
    }
    const options = optionsOf(element.clientWidth, { height, seconds, prefix, exponent }, coloursOf(element))
    const plot = new uPlot(options, series(), element)
    document.fonts.ready.then(() => plot.redraw(false, true))

    let drawn = feed.board()?.pulse
    let drawnAt = 0
    const redraw = () => {
      drawn = feed.board()?.pulse
      drawnAt = performance.now()
      plot.setData(series())
    }
    const offBook = feed.onBook(() => {
      if (feed.board()?.pulse !== drawn && performance.now() - drawnAt > REDRAW_MS) redraw()
    })
    // While nothing is heard nothing is known: the graph stands still rather than draw seconds without money.
    const offSecond = feed.onSecond(() => {
      if (feed.link().phase === 'live') redraw()
    })
    const resize = new ResizeObserver(() => {
      if (element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height })
    })
    resize.observe(element)
    return () => {
      offBook()
      offSecond()
      resize.disconnect()
      plot.destroy()
    }
  }, [feed, theme, height, seconds, prefix, exponent])

  return (
    <div
      ref={host}
      className={styles.pulse}
      style={{ height }}
      role="img"
      aria-label={`Money in over the last ${seconds} seconds, by second. It can also be read as a table.`}
    />
  )
}
