import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { lastTournament } from './app/lastTournament'
import { router } from './app/router'
import { keepTheme } from './shared/prefs'
import { refreshMe } from './shared/session'
import './shared/fonts.css'
import './shared/tokens.css'
import './shared/base.css'

keepTheme()
// On every screen, also where a banner of the server's has the button (api/pages.py). Offline it does nothing.
addEventListener('click', ({ target }) => {
  if (target instanceof Element && target.closest('[data-feedback]'))
    import('./features/feedback/open').then(({ open }) => open(lastTournament()))
})
// Asked while the route's code is still on the way.
refreshMe()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
)
