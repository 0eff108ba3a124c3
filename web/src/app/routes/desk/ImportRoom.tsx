import { useParams } from '@tanstack/react-router'
import { Import } from '@/features/import/Import'

export default function ImportRoom() {
  const { slug } = useParams({ from: '/pages/org/t/$slug/import' })
  return <Import key={slug} slug={slug} />
}
