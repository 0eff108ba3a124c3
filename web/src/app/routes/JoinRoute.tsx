import { useNavigate, useParams } from '@tanstack/react-router'
import { CodeForm } from '@/features/people/CodeForm'
import { Join } from '@/features/people/Join'
import { Page } from '../Page'

/** Takes an invitation by the code in the address, or asks for one. */
export default function JoinRoute() {
  const { code } = useParams({ strict: false })
  const navigate = useNavigate()
  const look = (typed: string) => navigate({ to: '/join/$code', params: { code: typed } })
  return (
    <Page title={code ? 'Your invitation' : 'Join with a code'} isForm>
      {code ? (
        <Join
          key={code}
          code={code}
          onCode={look}
          onIn={(slug, role) =>
            navigate({ to: role === 'bettor' ? '/t/$slug' : '/org/t/$slug', params: { slug } })
          }
        />
      ) : (
        <CodeForm onCode={look} />
      )}
    </Page>
  )
}
