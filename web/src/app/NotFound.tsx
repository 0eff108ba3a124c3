import { Link } from '@tanstack/react-router'
import styles from './Page.module.css'

export function NotFound() {
  return (
    <main className={styles.page}>
      <h1>There is nothing here</h1>
      <p>
        The address names no tournament and no page. <Link to="/">See all tournaments</Link>
      </p>
    </main>
  )
}
