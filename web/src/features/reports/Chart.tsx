/** A chart of a report's table, on one canvas: lines or bars over time, or one bar a row. */

import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useTheme } from '@/shared/prefs'
import styles from './reports.module.css'
import { timeText } from './tables'

const HEIGHT = 220

export interface Series {
  name: string
  values: number[]
}

interface Props {
  /** Seconds since 1970, or where names are given the places of the bars. */
  x: number[]
  series: Series[]
  names?: string[]
  bars: boolean
  /** How a value stands at the axis and beside the cursor. */
  text: (value: number) => string
  label: string
}

/** A long name is cut where it would reach into the next. */
const shortened = (name: string, room: number) =>
  name.length > room ? `${name.slice(0, Math.max(1, room - 1))}…` : name

const DAY_S = 86_400
const MINUTE_S = 60
/** About as wide as a name may be with others beside it, and a letter of it, in pixels. */
const NAME_PX = 86
const LETTER_PX = 7

/** Of bars so many are named, one in each so many. */
const namedEach = (plot: uPlot, many: number) =>
  Math.max(1, Math.ceil((many * NAME_PX) / (plot.bbox.width / (devicePixelRatio || 1))))

function nameAxis(names: string[]): Partial<uPlot.Axis> {
  const places = names.map((_, at) => at)
  return {
    splits: (plot) => places.filter((at) => at % namedEach(plot, names.length) === 0),
    values: (plot, splits) => {
      const px = (plot.bbox.width / (devicePixelRatio || 1) / names.length) * namedEach(plot, names.length)
      return splits.map((at) => shortened(names[at] ?? '', Math.floor(px / LETTER_PX)))
    },
  }
}

/** "19:02", or "28 Nov" where a step is a day. */
function timeAxis(): Partial<uPlot.Axis> {
  const two = (n: number) => String(n).padStart(2, '0')
  return {
    space: 70,
    values: (_plot, splits, _axis, _space, step) =>
      splits.map((at) => {
        const date = new Date(at * 1000)
        if (step >= DAY_S) return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
        const seconds = step < 60 ? `:${two(date.getSeconds())}` : ''
        return `${two(date.getHours())}:${two(date.getMinutes())}${seconds}`
      }),
  }
}

function optionsOf(
  width: number,
  { x, series, names, bars, text }: Props,
  of: (name: string) => string,
): uPlot.Options {
  const axis = { stroke: of('--muted'), font: '12px B612, sans-serif', ticks: { show: false } }
  // A bar at either end is seen whole.
  const halfStep = ((x[1] ?? 0) - (x[0] ?? 0)) / 2 || MINUTE_S / 2
  const colours = [of('--side-1'), of('--pending')]
  const whole = { label: names ? 'Of' : 'At', value: (_plot: uPlot, at: number | null) => wordAt(at, names) }
  return {
    width,
    height: HEIGHT,
    padding: [10, 10, 0, 0],
    cursor: { points: { show: !bars }, drag: { x: !names, y: false } },
    scales: {
      x: names
        ? { time: false, range: [-0.6, names.length - 0.4] }
        : { time: true, ...(bars && { range: (_plot, min, max) => [min - halfStep, max + halfStep] }) },
      y: { range: (_plot, min, max) => [Math.min(0, min * 1.1), Math.max(1, max * 1.1)] },
    },
    axes: [
      { ...axis, size: 28, grid: { show: false }, ...(names ? nameAxis(names) : timeAxis()) },
      {
        ...axis,
        size: 66,
        grid: { stroke: of('--grid'), width: 1 },
        values: (_plot, splits) => splits.map(text),
      },
    ],
    series: [
      whole,
      ...series.map(({ name }, at) => {
        const colour = colours[at] ?? of('--side-3')
        return {
          label: name,
          stroke: colour,
          width: 2,
          points: { show: false },
          value: (_plot: uPlot, value: number | null) => (value === null ? '' : text(value)),
          ...(bars && {
            fill: colour,
            width: 0,
            paths: uPlot.paths.bars?.({ size: [0.72, 46], radius: 0.12 }),
          }),
        }
      }),
    ],
  }
}

/** What the cursor stands at. */
function wordAt(at: number | null, names?: string[]) {
  if (at === null) return ''
  return names ? (names[at] ?? '') : timeText(at * 1000)
}

export function Chart(props: Props) {
  const host = useRef<HTMLDivElement>(null)
  const theme = useTheme()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours read from the element
  useEffect(() => {
    const element = host.current
    if (!element) return
    const css = getComputedStyle(element)
    const data = [props.x, ...props.series.map(({ values }) => values)] as uPlot.AlignedData
    const plot = new uPlot(
      optionsOf(element.clientWidth, props, (name) => css.getPropertyValue(name).trim()),
      data,
      element,
    )
    document.fonts.ready.then(() => plot.redraw(false, true))
    const resize = new ResizeObserver(() => {
      if (element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height: HEIGHT })
    })
    resize.observe(element)
    return () => {
      resize.disconnect()
      plot.destroy()
    }
  }, [props, theme])
  return (
    <div
      ref={host}
      className={styles.chart}
      role="img"
      aria-label={`${props.label}. The table below says the same.`}
    />
  )
}
