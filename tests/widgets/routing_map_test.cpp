#include "widgets/routing_map.h"

#include <gtest/gtest.h>

#include <QSignalSpy>

#include "tests/widgets/pixels.h"
#include "tests/widgets/samples.h"
#include "widgets/colour_maps.h"
#include "widgets/routing_access.h"

namespace dotmoe {
namespace {

TEST(RoutingMap, EveryCellHasTheColourAndNumberOfItsExpert) {
    const auto routing = samples::routing(samples::sentence(), 30, 12, 84);
    RoutingMap map;
    map.setSnapshot(routing);
    map.setToken(7);
    show(map, {900, 360});
    const QImage seen = picture(map);
    for (int layer = 0; layer < 30; ++layer) {
        const auto choices = choicesOf(*routing, layer, 7);
        for (int rank = 0; rank < 12; ++rank) {
            const QRect cell = map.cellRect(layer, rank);
            const QColor colour = expertColour(choices[static_cast<std::size_t>(rank)].expert);
            ASSERT_TRUE(similar(colourAt(seen, cell.topLeft() + QPointF(1, 1)), colour, 1))
                << layer << ',' << rank;
            int ink = 0;
            for (int y = cell.top() + 2; y < cell.bottom() - 1; ++y) {
                for (int x = cell.left() + 2; x < cell.right() - 1; ++x)
                    ink += similar(colourAt(seen, QPoint(x, y)), colour, 40) ? 0 : 1;
            }
            ASSERT_GT(ink, 2) << layer << ',' << rank;
        }
    }
}

TEST(RoutingMap, AClickTellsItsLayer) {
    RoutingMap map;
    map.setSnapshot(samples::routing(samples::sentence(), 30, 12, 84));
    map.setToken(7);
    show(map, {900, 360});
    const QSignalSpy clicked(&map, &RoutingMap::layerClicked);
    QTest::mouseClick(&map, Qt::LeftButton, {}, map.cellRect(13, 4).center());
    ASSERT_EQ(clicked.count(), 1);
    EXPECT_EQ(clicked[0][0].toInt(), 13);
    QTest::mouseClick(&map, Qt::LeftButton, {}, QPoint(3, 3));
    EXPECT_EQ(clicked.count(), 1);
    map.setLayer(13);
    QTest::keyClick(&map, Qt::Key_Right);
    EXPECT_EQ(clicked[1][0].toInt(), 14);
}

TEST(RoutingMap, CellsFitAtTheSmallestSize) {
    RoutingMap map;
    map.setSnapshot(samples::routing(samples::sentence(), 30, 12, 84));
    map.setToken(0);
    show(map, map.minimumSize());
    EXPECT_GE(map.cellRect(29, 11).width(), 18);
    EXPECT_GE(map.cellRect(29, 11).height(), 11);
    EXPECT_TRUE(map.rect().contains(map.cellRect(29, 11)));
}

TEST(RoutingMap, WithoutATokenItAsksForOne) {
    RoutingMap map;
    map.setSnapshot(samples::routing({"a"}, 2, 2, 4));
    EXPECT_TRUE(map.cellRect(0, 0).isEmpty());
    EXPECT_TRUE(map.accessibleDescription().startsWith(QStringLiteral("Select a token")));
    map.setToken(1);  // there is only token 0
    EXPECT_TRUE(map.cellRect(0, 0).isEmpty());
    show(map, {300, 200});
    moveMouse(map, QPoint(100, 100));
    QTest::mouseClick(&map, Qt::LeftButton, {}, QPoint(100, 100));
    EXPECT_FALSE(picture(map).isNull());
}

}  // namespace
}  // namespace dotmoe
