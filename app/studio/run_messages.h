// What the window says about the events of a run, and about an export.
#pragma once

#include <QString>

#include "app/studio/exporter.h"
#include "events/event.h"
#include "pipeline/metrics.h"

namespace dotmoe::studio {

QString started_text(const Started& event);
QString quality_text(const QualitySnapshot& quality);
QString finished_text(const Finished& event, const Metrics& metrics);
QString stopped_text(const Stopped& event);
QString exported_text(const Exported& exported);

}  // namespace dotmoe::studio
