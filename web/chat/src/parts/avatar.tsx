import type { Author } from "@pocketdesk/client/protocol";
import type { Heading, HeadingPerson } from "../page/boot.ts";
import { usePage, useStore } from "./context.ts";

interface Person extends Pick<HeadingPerson, "initials" | "color"> {
  image?: string | null;
}

/** Somebody's photo, or the letters of the name. */
export function Avatar({ person }: { person: Person }) {
  if (person.image) return <Picture image={person.image} />;
  return (
    <span class={`avatar person-${person.color % 8}`} aria-hidden="true">
      {person.initials}
    </span>
  );
}

/** A photo, or the brand's own picture; a GIF moves. */
export function Picture({ image }: { image: string }) {
  return <img class="avatar photo" src={image} alt="" width={36} height={36} />;
}

/** Who wrote: under an alias that is the brand. */
export function AuthorAvatar({ author }: { author: Author }) {
  const { heading } = useStore(usePage().about);
  const image =
    author.image ?? (author.id === 0 ? (heading.image ?? heading.people[0]?.image ?? null) : null);
  return <Avatar person={{ ...author, image }} />;
}

/** Whose chat it is: the brand, or up to three people. */
export function Faces({ heading }: { heading: Heading }) {
  if (heading.image) return <Picture image={heading.image} />;
  if (heading.people.length === 0) return null;
  return (
    <span class="avatars">
      {heading.people.slice(0, 3).map((person, place) => (
        <Avatar key={place} person={person} />
      ))}
    </span>
  );
}
