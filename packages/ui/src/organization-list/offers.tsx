import type { JSX } from 'preact'
import { useAccount } from '../account/account.ts'
import { ActionButton } from '../account/disclosure.tsx'
import { Item } from '../account/section.tsx'
import { useList } from '../account/use-list.ts'
import { useHost } from '../host.ts'
import { Avatar } from '../parts/avatar.tsx'
import { toOrganizationPerson, type OfferJSON } from '../organization-profile/wire.ts'
import { format } from '../text/format.ts'

const INVITATIONS = '/me/organization_invitations'
const SUGGESTIONS = '/me/organization_suggestions'

/** Organizations that have invited the person, or that people at their domain may ask to join. */
export function Offers(): JSX.Element | null {
  const { text } = useHost()
  const { call, announce } = useAccount()
  const invitations = useList<OfferJSON>(INVITATIONS, { status: ['pending'] })
  const suggestions = useList<OfferJSON>(SUGGESTIONS, { status: ['pending', 'accepted'] })
  const words = text.organization.list

  async function join({ id, public_organization_data: { name } }: OfferJSON): Promise<void> {
    await call(`${INVITATIONS}/${id}/accept`, { method: 'POST' })
    announce(format(words.joined, { name }))
    await invitations.reload()
  }

  async function ask({ id }: OfferJSON): Promise<void> {
    await call(`${SUGGESTIONS}/${id}/accept`, { method: 'POST' })
    announce(words.requested)
    await suggestions.reload()
  }

  const offers = [
    ...(invitations.items ?? []).map((offer) => (
      <OfferItem key={offer.id} offer={offer}>
        <ActionButton
          label={words.join}
          description={format(words.joinOne, { name: offer.public_organization_data.name })}
          onPress={() => join(offer)}
        />
      </OfferItem>
    )),
    ...(suggestions.items ?? []).map((offer) => (
      <OfferItem
        key={offer.id}
        offer={offer}
        detail={offer.status === 'accepted' ? words.requested : undefined}
      >
        {offer.status === 'pending' && (
          <ActionButton
            label={words.request}
            description={format(words.requestOne, { name: offer.public_organization_data.name })}
            onPress={() => ask(offer)}
          />
        )}
      </OfferItem>
    )),
  ]
  return offers.length === 0 ? null : <ul class="core-items">{offers}</ul>
}

function OfferItem(props: {
  readonly offer: OfferJSON
  readonly detail?: string | undefined
  readonly children: JSX.Element | false
}): JSX.Element {
  const person = toOrganizationPerson(props.offer.public_organization_data)
  return (
    <Item picture={<Avatar person={person} />} title={person.name} detail={props.detail}>
      {props.children}
    </Item>
  )
}
