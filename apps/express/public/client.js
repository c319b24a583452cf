import { Clerk } from '/core.js'

// Keeps the session token fresh for as long as the page is open.
const clerk = new Clerk(document.body.dataset.publishableKey)
const loading = clerk.load({ afterSignOutUrl: '/' })

document.querySelector('#sign-out')?.addEventListener('click', async () => {
  await loading
  await clerk.signOut()
})

await loading

// Another tab has signed in or out: the server must draw this page anew.
let sessionId = clerk.session?.id
clerk.addListener(({ session }) => {
  if (session === undefined || session?.id === sessionId) return
  sessionId = session?.id
  location.reload()
})
