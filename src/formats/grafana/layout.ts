import type { Panel } from './panel.ts';

/** Where a panel lies: Grafana's grid is 24 wide. */
export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Width of the grid. */
export const COLUMNS = 24;

/** Lines of panels from the left, the next line below the tallest of the one before. Same order, one place for each. */
export function layout(panels: readonly Panel[], top: number): GridPosition[] {
  let x = 0;
  let y = top;
  let tallest = 0;
  return panels.map(({ width, height }) => {
    if (x + width > COLUMNS) {
      x = 0;
      y += tallest;
      tallest = 0;
    }
    const place = { x, y, w: width, h: height };
    x += width;
    tallest = Math.max(tallest, height);
    return place;
  });
}
