#include "widgets/plan_geometry.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

struct AxisCase {
    int cells, pixels, cell;
    IndexRange pixelsOfCell;
    int pixel;
    IndexRange cellsAtPixel;
};

class PooledAxisTable : public ::testing::TestWithParam<AxisCase> {};

TEST_P(PooledAxisTable, ForwardAndBack) {
    const AxisCase& c = GetParam();
    const PooledAxis axis{c.cells, c.pixels};
    EXPECT_EQ(axis.pixelsOf(c.cell), c.pixelsOfCell);
    EXPECT_EQ(axis.cellsAt(c.pixel), c.cellsAtPixel);
}

INSTANTIATE_TEST_SUITE_P(Cases, PooledAxisTable,
                         ::testing::Values(AxisCase{4, 8, 1, {2, 4}, 3, {1, 2}},  // two pixels a cell
                                           AxisCase{3, 8, 1, {3, 6}, 5, {1, 2}},  // 3, 3 and 2 pixels
                                           AxisCase{8, 8, 7, {7, 8}, 7, {7, 8}},  // one to one
                                           AxisCase{8, 4, 5, {2, 3}, 2, {4, 6}},  // two cells a pixel
                                           AxisCase{8, 3, 5, {1, 2}, 1, {3, 6}},  // 3, 3 and 2 cells
                                           AxisCase{1, 5, 0, {0, 5}, 4, {0, 1}},  // a cell alone
                                           AxisCase{5, 1, 4, {0, 1}, 0, {0, 5}},  // a pixel alone
                                           AxisCase{14336, 500, 14335, {499, 500}, 0, {0, 29}}));

TEST(PooledAxis, EveryCellIsInThePixelsThatItOwnsAndNoneIsLost) {
    for (const auto& [cells, pixels] : {std::pair{1536, 431}, {85, 597}, {113, 97}, {7, 7}, {2147, 2146}}) {
        const PooledAxis axis{cells, pixels};
        int next = 0;
        for (int pixel = 0; pixel < pixels; ++pixel) {
            const IndexRange at = axis.cellsAt(pixel);
            ASSERT_LT(at.first, at.end);
            if (cells > pixels) {
                ASSERT_EQ(at.first, next);  // no cell left out, none twice
                next = at.end;
            }
            for (int cell = at.first; cell < at.end; ++cell) {
                const IndexRange back = axis.pixelsOf(cell);
                ASSERT_LE(back.first, pixel);
                ASSERT_GT(back.end, pixel);
            }
        }
        EXPECT_EQ(axis.pixelsOf(cells - 1).end, pixels);
    }
}

TEST(PlanGeometry, MovedAreaAndBeyondItsEdges) {
    const PlanGeometry geometry{4, 2, QRect(10, 20, 100, 80)};
    EXPECT_EQ(geometry.rectOf(0, 0), QRect(10, 20, 50, 20));
    EXPECT_EQ(geometry.rectOf(3, 1), QRect(60, 80, 50, 20));
    EXPECT_TRUE(geometry.rectOf(4, 0).isEmpty());
    EXPECT_TRUE(geometry.rectOf(0, -1).isEmpty());
    const auto cells = geometry.cellsAt({109, 99});
    ASSERT_TRUE(cells);
    EXPECT_EQ(cells->rows, (IndexRange{3, 4}));
    EXPECT_EQ(cells->columns, (IndexRange{1, 2}));
    EXPECT_FALSE(geometry.cellsAt({110, 99}));
    EXPECT_FALSE(geometry.cellsAt({9, 20}));
    EXPECT_FALSE((PlanGeometry{0, 0, QRect(0, 0, 10, 10)}.cellsAt({5, 5})));
}

}  // namespace
}  // namespace dotmoe
