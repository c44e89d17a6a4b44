// What labels must keep clear of in a plot.
#pragma once

#include "widgets/label_placement.h"

class QCPAxisRect;

namespace dotmoe {

/// Markers and lines of the visible graphs of `rect`, in pixels of the plot as it is laid out now. What lies
/// on the layer "overlay" only points at others.
LabelSpace spaceOf(const QCPAxisRect& rect);

}  // namespace dotmoe
