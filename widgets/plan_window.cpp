#include "widgets/plan_window.h"

#include <algorithm>
#include <cmath>

namespace dotmoe {

IndexRange zoomed(IndexRange range, int cells, double factor, double anchor, int least) {
    const int before = range.end - range.first;
    int length = static_cast<int>(std::lround(before * factor));
    if (length == before && factor != 1) length += factor < 1 ? -1 : 1;  // every turn of the wheel shows
    length = std::clamp(length, std::min(least, cells), cells);
    const int first = range.first + static_cast<int>(std::lround(anchor * (before - length)));
    return moved({first, first + length}, cells, 0);
}

IndexRange moved(IndexRange range, int cells, int by) {
    const int length = range.end - range.first;
    const int first = std::clamp(range.first + by, 0, std::max(0, cells - length));
    return {first, first + length};
}

IndexRange movedToHold(IndexRange range, int cells, int cell) {
    if (cell < range.first) return moved(range, cells, cell - range.first);
    return moved(range, cells, std::max(0, cell + 1 - range.end));
}

IndexRange fitted(IndexRange range, int cells, int others) {
    if (range == IndexRange{0, cells}) return {0, others};
    const int length = std::min(range.end - range.first, others);
    return moved({range.first, range.first + length}, others, 0);
}

}  // namespace dotmoe
