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
export const MoreIcon = () => <Icon path="M12 5.5v.01M12 12v.01M12 18.5v.01" />;
export const ClipIcon = () => (
  <Icon path="M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.8 17a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6" />
);
export const FileIcon = () => <Icon path="M14 3H6v18h12V7zM14 3v4h4" />;
export const RetryIcon = () => <Icon path="M20 12a8 8 0 1 1-2.5-5.8M20 3v4.5h-4.5" />;
export const CheckIcon = () => <Icon path="M5 12.5l4.5 4.5L19 7.5" />;
export const ForwardIcon = () => <Icon path="M9 5l7 7-7 7" mirrors />;
export const SearchIcon = () => <Icon path="M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14M16 16l4.5 4.5" />;
export const ChatIcon = () => <Icon path="M4 5h16v11h-8l-4.5 4v-4H4z" />;
export const HelpIcon = () => (
  <Icon path="M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.9-1.1 1.8M12 16.5v.01M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18" />
);
export const PlayIcon = () => <Icon path="M8 5.5v13l10.5-6.5z" />;
export const ThumbUpIcon = () => (
  <Icon path="M7 10.5v9H4v-9zM7 11l4-7.5a2 2 0 0 1 2 2V9h5.2a1.8 1.8 0 0 1 1.8 2.1l-1.1 6.6a2.2 2.2 0 0 1-2.2 1.8H7" />
);
export const ThumbDownIcon = () => (
  <Icon path="M7 13.5v-9H4v9zM7 13l4 7.5a2 2 0 0 0 2-2V15h5.2a1.8 1.8 0 0 0 1.8-2.1l-1.1-6.6a2.2 2.2 0 0 0-2.2-1.8H7" />
);
