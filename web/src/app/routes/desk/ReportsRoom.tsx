import { useParams } from '@tanstack/react-router'
import { Reports } from '@/features/reports/Reports'

export default function ReportsRoom() {
  const { slug } = useParams({ from: '/pages/org/t/$slug/reports' })
  return <Reports slug={slug} />
}
