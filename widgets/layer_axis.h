// The x axis of a bar chart over layers.
#pragma once

#include <cstddef>

class QCPAxis;

namespace dotmoe {

/// Whole numbers, no grid.
void asLayerAxis(QCPAxis& axis);
/// Room for bars of `layers` layers.
void showLayers(QCPAxis& axis, std::size_t layers);

}  // namespace dotmoe
