import { useParams } from '@tanstack/react-router'
import { Exports } from '@/features/exports/Exports'

export default function ExportsRoom() {
  const { slug } = useParams({ from: '/pages/org/t/$slug/exports' })
  return <Exports slug={slug} />
}
