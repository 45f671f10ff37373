/**
 * The page's beginning: connects the feed to the model and the model to the views.
 *
 * However much happens, the views are drawn at most once per frame of the screen.
 */
import { Announcer } from "./announcer.js";
import { ChartView } from "./chart-view.js";
import { DetailView } from "./detail-view.js";
import { EventView } from "./event-view.js";
import { Feed } from "./feed.js";
import { LampsView } from "./lamps-view.js";
import { Model } from "./model.js";
import { NodeTable } from "./node-table.js";
import { Selection } from "./selection.js";
import { StatusView } from "./status-view.js";
import { offerThemes } from "./theme.js";
import { TimelineView } from "./timeline-view.js";

const model = new Model();
let isDue = false;

function draw() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    for (const view of views) view.render(model);
    document.body.dataset["connection"] = model.connection;
  });
}

const selection = new Selection(draw);
const views = [
  new StatusView(),
  new LampsView(selection),
  new ChartView(selection),
  new TimelineView(selection),
  new NodeTable(selection),
  new DetailView(selection),
  new EventView(selection),
  new Announcer(),
];

offerThemes();
const feed = new Feed(
  (frame) => {
    model.take(frame);
    draw();
  },
  (connection) => {
    model.connect(connection);
    draw();
  },
);
feed.open();
// What only time changes: ages every second, and the bars of a running transition ten times a second.
setInterval(() => {
  if (!document.hidden && (model.transitions.running !== undefined || model.now % 1000 < 100)) draw();
}, 100);
draw();
