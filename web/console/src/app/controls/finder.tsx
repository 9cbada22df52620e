import { Loader, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, type QueryKey, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";

interface FinderProps<Hit> {
  /** What is looked for, as label and placeholder. */
  label: string;
  /** The list's name for those who do not see it. */
  listLabel: string;
  queryKey: QueryKey;
  find: (words: string, signal: AbortSignal) => Promise<readonly Hit[]>;
  idOf: (hit: Hit) => number;
  show: (hit: Hit) => ReactNode;
  /** What is said where there is nothing; `words` is blank before anybody has typed. */
  nothing: (words: string) => string;
  listClassName: string;
  choiceClassName: string;
  onPick: (hit: Hit) => void;
  onEscape?: () => void;
}

/** A field that finds things by some words, with what it found below: arrows and Enter choose, as everywhere. */
export function Finder<Hit>({
  label,
  listLabel,
  queryKey,
  find,
  idOf,
  show,
  nothing,
  listClassName,
  choiceClassName,
  onPick,
  onEscape,
}: FinderProps<Hit>) {
  const list = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [words] = useDebouncedValue(typed.trim(), 150);
  const found = useQuery({
    queryKey: [...queryKey, words],
    queryFn: ({ signal }) => find(words, signal),
    placeholderData: keepPreviousData,
  });
  const hits = found.data ?? [];
  const place = Math.min(at, hits.length - 1);
  const current = hits[place];
  const keys = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? hits.length - 1 : 0;
    if (by > 0 && hits.length > 0) {
      event.preventDefault();
      setAt((place + by) % hits.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (current !== undefined) onPick(current);
    } else if (event.key === "Escape" && onEscape) {
      event.stopPropagation();
      onEscape();
    }
  };
  return (
    <>
      <TextInput
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls={list}
        aria-activedescendant={current === undefined ? undefined : `${list}-${idOf(current)}`}
        aria-label={label}
        placeholder={label}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={found.isFetching ? <Loader size={14} /> : null}
        data-autofocus
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={keys}
      />
      <div id={list} role="listbox" aria-label={listLabel} className={listClassName}>
        {hits.map((hit, number) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above.
          <div
            key={idOf(hit)}
            id={`${list}-${idOf(hit)}`}
            role="option"
            tabIndex={-1}
            aria-selected={number === place}
            className={choiceClassName}
            onPointerMove={() => setAt(number)}
            onClick={() => onPick(hit)}
          >
            {show(hit)}
          </div>
        ))}
      </div>
      {found.isSuccess && hits.length === 0 && (
        <p className="muted small finder-says" role="status">
          {nothing(words)}
        </p>
      )}
      {found.isError && (
        <p className="small finder-says" role="alert">
          {found.error.message}
        </p>
      )}
    </>
  );
}
