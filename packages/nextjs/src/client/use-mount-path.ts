'use client'

import { useParams, usePathname } from 'next/navigation.js'
import { catchAllPath } from './catch-all-path.ts'

/** Returns the path of the page's route, without its catch-all segments. */
export function useMountPath(): string {
  return catchAllPath(usePathname(), useParams())
}
