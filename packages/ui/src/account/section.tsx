import type { ComponentChildren, JSX } from 'preact'
import { useUniqueId } from '../host.ts'

/** One matter of a page: its name, and what can be done about it. */
export function Section(props: {
  readonly title: string
  readonly description?: string
  readonly children: ComponentChildren
}): JSX.Element {
  const id = useUniqueId()
  return (
    <section class="core-profileSection" aria-labelledby={id}>
      <div class="core-profileSectionHeader">
        <h2 class="core-profileSectionTitle" id={id}>
          {props.title}
        </h2>
        {props.description !== undefined && (
          <p class="core-profileSectionDescription">{props.description}</p>
        )}
      </div>
      <div class="core-profileSectionContent">{props.children}</div>
    </section>
  )
}

interface ItemProps {
  /** Stands before the text: a picture, an icon. */
  readonly picture?: ComponentChildren
  readonly title: ComponentChildren
  readonly detail?: ComponentChildren
  readonly badges?: readonly string[]
  /** What can be done with it. */
  readonly children?: ComponentChildren
}

/** One of several things: an address, a device, a member. */
export function Item({ picture, title, detail, badges, children }: ItemProps): JSX.Element {
  return (
    <li class="core-item">
      {picture}
      <div class="core-itemText">
        <span class="core-itemTitle">
          <span class="core-itemName">{title}</span>
          {badges?.map((badge) => (
            <span key={badge} class="core-badge">
              {badge}
            </span>
          ))}
        </span>
        {detail !== undefined && <span class="core-itemDetail">{detail}</span>}
      </div>
      {children !== undefined && <div class="core-itemActions">{children}</div>}
    </li>
  )
}
