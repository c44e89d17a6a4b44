#include "widgets/token_flow.h"

#include <algorithm>

namespace dotmoe {

std::vector<QRectF> flow(std::span<const FlowItem> items, double lineWidth, double height, double gap) {
    std::vector<QRectF> boxes;
    boxes.reserve(items.size());
    double x = 0, y = 0;
    for (const FlowItem& item : items) {
        const double width = std::min(item.width, lineWidth);
        if (x > 0 && x + width > lineWidth) {
            x = 0;
            y += height + gap;
        }
        boxes.emplace_back(x, y, width, height);
        x += width + gap;
        if (item.endsLine) {
            x = 0;
            y += height + gap;
        }
    }
    return boxes;
}

}  // namespace dotmoe
