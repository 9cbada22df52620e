/** Icons, drawn on a grid of 24, in the colour of the words around them. */

function Icon({ path, mirrors = false }: { path: string; mirrors?: boolean }) {
  return (
    <svg class={mirrors ? "icon mirrors" : "icon"} viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

export const BackIcon = () => <Icon path="M15 5l-7 7 7 7" mirrors />;
export const CloseIcon = () => <Icon path="M6 6l12 12M18 6L6 18" />;
export const SendIcon = () => <Icon path="M12 19V5M6 11l6-6 6 6" />;
export const DownIcon = () => <Icon path="M12 5v14M6 13l6 6 6-6" />;
export const PlusIcon = () => <Icon path="M12 5v14M5 12h14" />;
export const AlertIcon = () => <Icon path="M12 8v5M12 16.5v.01M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18" />;
