// Where the boxes of a text go: left to right, wrapped at a width. No widgets: tested as a table.
#pragma once

#include <QRectF>
#include <span>
#include <vector>

namespace dotmoe {

struct FlowItem {
    double width = 0;
    bool endsLine = false;
};

/// Boxes of `height`, `gap` apart both ways. A box wider than the line gets a line of its own, cut to its
/// width.
std::vector<QRectF> flow(std::span<const FlowItem> items, double lineWidth, double height, double gap);

}  // namespace dotmoe
