import type { Rating } from "./wording.ts";

const MOUTHS = ["M8 16.2q4-3.6 8 0", "M8.4 15h7.2", "M8 14q4 3.6 8 0"] as const;

/** A rating as a face; words stand beside it. */
export function Face({ rating, size = 28 }: { rating: Rating; size?: number }) {
  return (
    <svg
      className="face"
      data-rating={rating}
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.6}
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx={12} cy={12} r={9} />
      <path d="M9 9.7v.1M15 9.7v.1" strokeWidth={2.4} />
      <path d={MOUTHS[rating]} />
    </svg>
  );
}
