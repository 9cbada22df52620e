import { useElementSize } from "@mantine/hooks";
import type { ReactNode } from "react";

const WIDTH = 375;
const HEIGHT = 812;
const EDGE = 10;

/** A phone of real size (375 x 812) around a page, made smaller as a whole when there is less room. */
export function Phone({ children }: { children: ReactNode }) {
  const { ref, width, height } = useElementSize();
  const scale = Math.min(1, width / (WIDTH + 2 * EDGE) || 1, height / (HEIGHT + 2 * EDGE) || 1);
  return (
    <div className="phone-room" ref={ref}>
      <div
        className="phone-place"
        style={{ width: (WIDTH + 2 * EDGE) * scale, height: (HEIGHT + 2 * EDGE) * scale }}
      >
        <div className="phone" style={{ transform: `scale(${scale})` }}>
          {children}
        </div>
      </div>
    </div>
  );
}
