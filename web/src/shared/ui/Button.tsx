import type { ButtonHTMLAttributes, ReactNode } from 'react'
import styles from './Button.module.css'

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `main` is the one thing to do here; `danger` cannot be taken back. */
  look?: 'main' | 'plain' | 'danger'
  size?: 'small' | 'normal'
}

export function Button({ look = 'main', size = 'normal', type = 'button', ...rest }: Props) {
  return <button {...rest} type={type} className={styles.button} data-look={look} data-size={size} />
}

/** A link that looks like a button: `<LinkButton><Link … /></LinkButton>`. */
export function LinkButton({ look = 'main', children }: { look?: Props['look']; children: ReactNode }) {
  return (
    <span className={styles.linkButton} data-look={look}>
      {children}
    </span>
  )
}
