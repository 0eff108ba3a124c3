import styles from './Icon.module.css'

const SHAPES = {
  check: <path d="M5 12.5l4.5 4.5L19 7.5" />,
  cross: <path d="M6.5 6.5l11 11M17.5 6.5l-11 11" />,
  clock: (
    <>
      <circle cx="12" cy="12" r="8" />
      <path d="M12 7.5V12l3 2" />
    </>
  ),
  warning: (
    <>
      <path d="M12 4l9 15.5H3z" />
      <path d="M12 10v4.5M12 17v.01" />
    </>
  ),
  offline: (
    <>
      <path d="M4 4l16 16M8.5 15a5 5 0 0 1 7 0M5 11.5a10 10 0 0 1 4-2.4M19 11.5a10 10 0 0 0-5.5-2.8" />
      <path d="M12 18.5v.01" />
    </>
  ),
  back: <path d="M8 8l-5 4 5 4M3 12h12a5 5 0 0 1 5 5" />,
  ticket: <path d="M3 7h18v3.5a2 2 0 0 0 0 3.5V17H3v-3a2 2 0 0 0 0-3.5zM14 7.5v9" />,
  in: <path d="M12 4v11M7 10.5l5 5 5-5M5 20h14" />,
  out: <path d="M12 15.5V4.5M7 9l5-5 5 5M5 20h14" />,
  moon: <path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z" />,
  sun: (
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M18.4 5.6L17 7M7 17l-1.4 1.4" />
    </>
  ),
  menu: <path d="M4 7h16M4 12h16M4 17h16" />,
  pin: <path d="M9 4h6l-1 6 3.5 3.5h-11L10 10zM12 13.5V20" />,
  unfold: <path d="M9 6l6 6-6 6" />,
  erase: (
    <>
      <path d="M8 5h13v14H8l-6-7z" />
      <path d="M11.5 9.5l5 5M16.5 9.5l-5 5" />
    </>
  ),
}

export type IconName = keyof typeof SHAPES

/** A drawn sign. Colour is never alone and neither is this: a word stands beside it. */
export function Icon({ name, className = '' }: { name: IconName; className?: string }) {
  return (
    <svg
      className={`${styles.icon} ${className}`}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {SHAPES[name]}
    </svg>
  )
}
