#include "widgets/routing_table_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "tests/widgets/samples.h"
#include "widgets/routing_access.h"

namespace dotmoe {
namespace {

TEST(RoutingTableModel, KeepsTheRulesOfItemModels) {
    RoutingTableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setSnapshot(samples::routing(samples::sentence(), 30, 12, 84));
    model.setLayer(29);
    model.setSnapshot(nullptr);
    model.setSnapshot(samples::routing({"a"}, 1, 1, 1));
    EXPECT_EQ(model.rowCount(), 1);
}

TEST(RoutingTableModel, SaysWhatTheCanvasShows) {
    RoutingTableModel model;
    const auto routing = samples::routing(samples::sentence(), 30, 3, 84);
    model.setSnapshot(routing);
    model.setLayer(4);
    const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
    for (int token = 0; token < model.rowCount(); ++token) {
        const auto choices = choicesOf(*routing, 4, token);
        ASSERT_EQ(text(token, RoutingTableModel::expert).toInt(), choices[0].expert);
        ASSERT_EQ(text(token, RoutingTableModel::probability), QStringLiteral("0.500"));
        ASSERT_EQ(text(token, RoutingTableModel::others),
                  QStringLiteral("%1 (0.250), %2 (0.125)").arg(choices[1].expert).arg(choices[2].expert));
    }
    EXPECT_EQ(text(2, RoutingTableModel::token), QStringLiteral("·transport"));
    EXPECT_EQ(text(10, RoutingTableModel::token), QStringLiteral("⏎"));
}

TEST(RoutingTableModel, ADenseLayerIsSaidToBeDense) {
    RoutingTableModel model;
    model.setSnapshot(samples::routing({"a", "b"}, 2, 3, 8));
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setLayer(1);
    EXPECT_EQ(changed.count(), 1);
    EXPECT_EQ(model.index(0, RoutingTableModel::expert).data().toString(), QStringLiteral("dense"));
    EXPECT_FALSE(model.index(0, RoutingTableModel::probability).data().isValid());
    EXPECT_EQ(model.index(0, RoutingTableModel::others).data().toString(), QString());
}

TEST(RoutingTableModel, HasTheDistanceOfEachTokenWhereItIsKnown) {
    RoutingTableModel model;
    model.setSnapshot(samples::routing({"a", "b"}, 2, 3, 8));
    const auto cell = [&](int row) { return model.index(row, RoutingTableModel::divergence).data(); };
    EXPECT_FALSE(cell(0).isValid());
    model.setDivergence({0.5, 1.25});
    EXPECT_EQ(cell(1).toString(), QStringLiteral("1.250"));
    model.setDivergence({0.5});
    EXPECT_FALSE(cell(0).isValid()) << "of another text";
}

TEST(RoutingAccess, ReadsLayerTokenRank) {
    const auto routing = samples::routing({"a", "b", "c"}, 4, 2, 10);
    const auto choices = choicesOf(*routing, 2, 1);  // (5 t + 3 l + 11 r) mod 10
    ASSERT_EQ(choices.size(), 2U);
    EXPECT_EQ(choices[0].expert, 1);
    EXPECT_EQ(choices[1].expert, 2);
    EXPECT_EQ(choices[1].probability, 0.25);
    EXPECT_TRUE(choicesOf(*routing, 4, 0).empty());
    EXPECT_TRUE(choicesOf(*routing, 0, 3).empty());
    EXPECT_EQ(bestChoice(*routing, -1, 0).expert, -1);
}

TEST(RoutingAccess, ShowsWhatCannotBeSeen) {
    EXPECT_EQ(printable(" a\n"), QStringLiteral("·a⏎"));
    EXPECT_EQ(printable("\t\x01"), QStringLiteral("⇥\uFFFD"));
    EXPECT_TRUE(endsLine(".\n"));
    EXPECT_FALSE(endsLine("\nx"));
    EXPECT_FALSE(endsLine(""));
}

}  // namespace
}  // namespace dotmoe
