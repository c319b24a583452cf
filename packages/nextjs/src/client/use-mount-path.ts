'use client'

import { useParams, usePathname } from 'next/navigation'
import { catchAllPath } from './catch-all-path.ts'

/** Returns the path of the page's route, without its catch-all segments. */
export function useMountPath(): string {
  return catchAllPath(usePathname(), useParams())
}
