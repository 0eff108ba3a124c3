import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Me } from '@/api/types'
import { type ThemeChoice, themeChoice, useTheme } from '@/shared/prefs'
import { signOut } from '@/shared/session'
import { Icon } from '@/shared/ui/Icon'
import styles from './Header.module.css'
import { nextOf, useHere } from './useGoBack'

/** Closes when one clicks elsewhere, presses Escape or follows a link. */
function useClosing() {
  const menu = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const close = () => {
      if (menu.current) menu.current.open = false
    }
    const onPointer = (event: PointerEvent) => {
      if (!menu.current?.contains(event.target as Node)) close()
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !menu.current?.open) return
      close()
      // This Escape was for the menu, not for the slip.
      event.stopImmediatePropagation()
    }
    addEventListener('pointerdown', onPointer)
    addEventListener('keydown', onKey)
    return () => {
      removeEventListener('pointerdown', onPointer)
      removeEventListener('keydown', onKey)
    }
  }, [])
  return menu
}

export function Menu({ me, children }: { me: Me | null | undefined; children?: ReactNode }) {
  const navigate = useNavigate()
  const here = useHere()
  const theme = useTheme()
  const menu = useClosing()
  const otherTheme: ThemeChoice = theme === 'dark' ? 'light' : 'dark'

  async function leave() {
    await signOut()
    navigate({ to: '/' })
  }

  return (
    <details className={styles.menu} ref={menu}>
      <summary aria-label="Menu">
        <Icon name="menu" />
      </summary>
      <div className={styles.items}>
        {me && <p dir="auto">{me.name}</p>}
        {children}
        <button type="button" onClick={() => themeChoice.set(otherTheme)}>
          <Icon name={otherTheme === 'light' ? 'sun' : 'moon'} /> {otherTheme === 'light' ? 'Light' : 'Dark'}{' '}
          theme
        </button>
        <button type="button" data-feedback>
          Feedback
        </button>
        {me === null && (
          <>
            <Link to="/sign-in" search={nextOf(here)}>
              Sign in
            </Link>
            <Link to="/register" search={nextOf(here)}>
              Register
            </Link>
          </>
        )}
        {me && <Link to="/account">Your account</Link>}
        {me && (
          <button type="button" onClick={leave}>
            Sign out
          </button>
        )}
      </div>
    </details>
  )
}
