import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './app/queries'
import { router } from './app/router'
import { keepTheme } from './shared/prefs'
import { meQuery } from './shared/session'
import './shared/fonts.css'
import './shared/tokens.css'
import './shared/base.css'

keepTheme()
// Asked while the route's code is still on the way.
queries.prefetchQuery(meQuery)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
