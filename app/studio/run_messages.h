// What the window says about the events of a run.
#pragma once

#include <QString>

#include "events/event.h"
#include "pipeline/metrics.h"

namespace dotmoe::studio {

QString started_text(const Started& event);
QString quality_text(const QualitySnapshot& quality);
QString finished_text(const Finished& event, const Metrics& metrics);
QString stopped_text(const Stopped& event);

}  // namespace dotmoe::studio
