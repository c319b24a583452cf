/** The picture of a person or an organization. */
export const AVATAR_CSS = `
.core-avatarBox {
  display: grid; flex: none; place-items: center; width: 2rem; height: 2rem; border-radius: 50%; overflow: hidden; background: var(--_primary); color: var(--_primary-foreground);
  font: 600 .8125rem/1 var(--_font); letter-spacing: .02em; user-select: none;
}
.core-avatarBox[data-size="large"] { width: 2.5rem; height: 2.5rem; font-size: .9375rem; }
.core-avatarImage { width: 100%; height: 100%; object-fit: cover; }
.core-avatarBox[data-size="huge"] { width: 4rem; height: 4rem; font-size: 1.375rem; }
.core-avatarBox[data-shape="square"] { border-radius: calc(var(--_radius) * .75); }
`
