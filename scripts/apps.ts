/** The demo apps: where each listens and how it starts. */
export interface DemoApp {
  readonly title: string
  readonly port: number
  /** Arguments to Node, from the app's folder. */
  readonly command: readonly string[]
}

export const APPS: Readonly<Record<string, DemoApp>> = {
  next: {
    title: 'Next.js',
    port: 3000,
    command: ['node_modules/next/dist/bin/next', 'start', '-p', '3000'],
  },
  express: { title: 'Express', port: 3001, command: ['dist/server.js'] },
}
