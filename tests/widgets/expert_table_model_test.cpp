#include "widgets/expert_table_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

#include "tests/widgets/samples.h"

namespace dotmoe {
namespace {

TEST(ExpertTableModel, KeepsTheRulesOfItemModels) {
    ExpertTableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setProfile(samples::profile(0, 84));
    model.setProfile(nullptr);
    model.setProfile(samples::profile(0, 16));
    EXPECT_EQ(model.rowCount(), 16);
}

TEST(ExpertTableModel, SaysWhatEachExpertIsFor) {
    ExpertTableModel model;
    model.setProfile(samples::profile(0, 16));
    const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
    EXPECT_EQ(text(4, ExpertTableModel::expert), "4");
    EXPECT_EQ(text(4, ExpertTableModel::domain), "code 50 % (×1.5)");
    EXPECT_EQ(text(4, ExpertTableModel::entropy), "0.04");
    EXPECT_EQ(text(4, ExpertTableModel::alike), "5 (0.60)");
    EXPECT_EQ(text(5, ExpertTableModel::load), "2.75");
    EXPECT_EQ(text(5, ExpertTableModel::remark), "hot");
    EXPECT_EQ(text(4, ExpertTableModel::remark), "");
    EXPECT_EQ(text(3, ExpertTableModel::remark), "dead");
    for (const int column : {ExpertTableModel::domain, ExpertTableModel::entropy, ExpertTableModel::alike}) {
        EXPECT_EQ(text(3, column), "–");
        EXPECT_EQ(model.index(3, column).data(Qt::UserRole).toDouble(), -1);
    }
    EXPECT_EQ(model.index(4, ExpertTableModel::load).data(Qt::UserRole).toDouble(),
              static_cast<double>(samples::profile(0, 16)->load[4]));
}

}  // namespace
}  // namespace dotmoe
