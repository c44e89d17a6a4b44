#include "widgets/migration.h"

#include <numeric>

#include "pixels.h"
#include "samples.h"
#include "widgets/colour_maps.h"
#include "widgets/migration_flow.h"
#include "widgets/settled_bars.h"

namespace dotmoe {
namespace {

/// `moves` neurons of column 1 change places with as many of column 3.
std::shared_ptr<PlanSnapshot> after(const PlanSnapshot& plan, int moves) {
    auto moved = std::make_shared<PlanSnapshot>(plan);
    int there = moves, back = moves;
    for (auto& owner : moved->owner) {
        if (owner == 1 && there > 0)
            --there, owner = 3;
        else if (owner == 3 && back > 0)
            --back, owner = 1;
    }
    return moved;
}

TEST(Migration, CountsWhereNeuronsGo) {
    const auto plan = samples::plan(48, 6, false);
    EXPECT_EQ(migrationBetween(plan.get(), plan.get())->moved(), 0);
    const auto migration = migrationBetween(plan.get(), after(*plan, 3).get());
    ASSERT_TRUE(migration);
    EXPECT_EQ(migration->moved(), 6);
    EXPECT_DOUBLE_EQ(migration->churn(), 6.0 / 48);
    EXPECT_EQ(migration->between(1, 3), 3);
    EXPECT_EQ(migration->between(3, 1), 3);
    EXPECT_EQ(migration->between(2, 2), 8);
    EXPECT_FALSE(migrationBetween(plan.get(), samples::plan(40, 5, false).get()));
    EXPECT_FALSE(migrationBetween(nullptr, plan.get()));
}

TEST(Migration, BandsFillBothSidesInOrder) {
    const auto plan = samples::plan(48, 6, true, 8);
    const auto bands = bandsOf(*migrationBetween(plan.get(), after(*plan, 2).get()));
    EXPECT_EQ(std::accumulate(bands.begin(), bands.end(), 0,
                              [](int sum, const Band& b) { return sum + b.neurons; }),
              48);
    for (const auto side : {&Band::left, &Band::right}) {
        auto sorted = bands;
        std::ranges::sort(sorted, {}, side);
        double next = 0;
        int column = 0;
        for (const Band& band : sorted) {
            EXPECT_NEAR(band.*side, next, 1e-9) << "no gap";
            next += band.height;
            const int now = side == &Band::left ? band.from : band.to;
            EXPECT_GE(now, column);
            column = now;
        }
        EXPECT_NEAR(next, 1, 1e-9);
    }
}

TEST(MigrationFlow, DrawsEachBandWhereItsNeuronsAre) {
    const auto plan = samples::plan(48, 6, true, 8);
    MigrationFlow flow;
    flow.setPlans(plan, after(*plan, 4), "round 1", "step 9");
    show(flow, {700, 500});
    EXPECT_TRUE(flow.title().contains("8 of 48 neurons"));
    EXPECT_TRUE(flow.title().contains("churn 16.7 %"));
    const QImage seen = picture(flow);
    const QColor ground = flow.palette().color(QPalette::Window);
    int movers = 0;
    for (const Band& band : flow.bands()) {
        const QPointF left = flow.leftOf(band), right = flow.rightOf(band);
        const auto over = [&](const QColor& colour, double alpha) {
            return QColor::fromRgbF(
                static_cast<float>(alpha * colour.redF() + (1 - alpha) * ground.redF()),
                static_cast<float>(alpha * colour.greenF() + (1 - alpha) * ground.greenF()),
                static_cast<float>(alpha * colour.blueF() + (1 - alpha) * ground.blueF()));
        };
        const bool moves = band.from != band.to;
        movers += moves ? 1 : 0;
        const QColor wanted = moves ? over(expertColour(band.from - 1), 0.8)
                                    : over(flow.palette().color(QPalette::WindowText), 0.15);
        EXPECT_TRUE(similar(colourAt(seen, left + QPointF(4, 0)), wanted, 8)) << band.from << ' ' << band.to;
        EXPECT_TRUE(similar(colourAt(seen, right - QPointF(4, 0)), wanted, 8)) << band.from << ' ' << band.to;
    }
    EXPECT_EQ(movers, 2);

    const auto& band =
        *std::ranges::find_if(flow.bands(), [](const Band& b) { return b.from == 1 && b.to == 3; });
    moveMouse(flow, flow.leftOf(band) + QPointF(6, 0));  // where no other band crosses it
    EXPECT_EQ(flow.chosenColumn(), 1);
    EXPECT_EQ(flow.accessibleDescription(), "expert 0: 4 stay, 4 to 2");
    EXPECT_NE(picture(flow), seen) << "the others are fainter";
    flow.setFocus();
    QTest::keyClick(&flow, Qt::Key_Down);
    EXPECT_EQ(flow.chosenColumn(), 2);
    const Table table = flow.table();
    EXPECT_EQ(table.rows.size(), flow.bands().size());
    EXPECT_EQ(std::ranges::count(table.rows, QStringList{"0", "2", "4"}), 1);
    flow.setPlans(nullptr, plan, {}, {});
    EXPECT_EQ(flow.title(), "No two plans of this layer yet");
    EXPECT_TRUE(flow.table().rows.empty());
}

TEST(SettledBars, StandAtTheStepOfEachLayersLastChange) {
    SettledBars bars;
    bars.setSettled({SettledBars::Settled{3, false, "layer 0 · round 3"},
                     SettledBars::Settled{12, true, "step 12"}, std::nullopt});
    bars.setLayer(1);
    show(bars, {500, 300});
    const QImage seen = picture(bars);
    const QColor blue(0x00, 0x72, 0xb2);
    EXPECT_TRUE(bars.title().contains("layer 1: step 12"));
    EXPECT_TRUE(similar(colourAt(seen, bars.topOf(1) + QPointF(0, 5)), blue));
    EXPECT_FALSE(similar(colourAt(seen, bars.topOf(1) - QPointF(0, 5)), blue));
    const auto bluesAcross = [&](int layer) {
        int blues = 0;
        for (int x = -10; x < 10; ++x)
            blues += similar(colourAt(seen, bars.topOf(layer) + QPointF(x, 8)), blue) ? 1 : 0;
        return blues;
    };
    EXPECT_EQ(bluesAcross(1), 20);
    EXPECT_GT(bluesAcross(0), 0) << "of the layer's own phase: hatched";
    EXPECT_LT(bluesAcross(0), 15);
    EXPECT_LT(bars.topOf(1).y(), bars.topOf(0).y());
    EXPECT_EQ(bars.table().rows, (std::vector<QStringList>{{"0", "own", "3", "layer 0 · round 3"},
                                                           {"1", "global", "12", "step 12"}}));
}

}  // namespace
}  // namespace dotmoe
