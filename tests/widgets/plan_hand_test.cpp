// A hand on the plan: wheel, drag and keys, and the marks of neurons that are held.
#include <QSignalSpy>
#include <QWheelEvent>

#include "pixels.h"
#include "samples.h"
#include "widgets/colour_maps.h"
#include "widgets/plan_heatmap.h"

namespace dotmoe {
namespace {

class PlanHandTest : public ::testing::Test {
  protected:
    PlanHandTest() { heatmap.setSnapshot(plan); }
    void SetUp() override {
        show(heatmap, {700, 560});
        heatmap.activateWindow();  // no window manager does it, and keys go to the active window
        ASSERT_TRUE(QTest::qWaitForWindowActive(&heatmap));
        heatmap.setFocus();
    }
    void wheel(QPointF at, int turns, Qt::KeyboardModifiers keys = {}) {
        QWheelEvent event(at, heatmap.mapToGlobal(at), {}, {0, 120 * turns}, Qt::NoButton, keys,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(&heatmap, &event);
    }
    QPointF centre(int row, int column) { return heatmap.cellRect(row, column).center(); }
    /// Every cell in sight has the colour of its mass.
    void expectColours() {
        const QImage seen = picture(heatmap);
        const auto [rows, columns] = heatmap.window();
        for (int neuron = 0; neuron < plan->neurons; ++neuron) {
            const int row = heatmap.rowOf(neuron);
            for (int column = 0; column < plan->columns; ++column) {
                const QRect cell = heatmap.cellRect(row, column);
                const bool inside =
                    row >= rows.first && row < rows.end && column >= columns.first && column < columns.end;
                ASSERT_EQ(cell.isEmpty(), !inside) << row << ' ' << column;
                if (!inside) continue;
                const double mass = planMass(*plan, PlanMode::soft, neuron, column) / heatmap.scale();
                ASSERT_TRUE(similar(colourAt(seen, cell.center()), QColor(sequentialColour(mass))))
                    << row << ' ' << column;
            }
        }
    }

    std::shared_ptr<PlanSnapshot> plan = samples::plan(64, 12, true, 9);
    PlanHeatmap heatmap;
};

TEST_F(PlanHandTest, TheWheelZoomsWhereThePointerIs) {
    const PlanWindow all{{0, 64}, {0, 12}};
    ASSERT_EQ(heatmap.window(), all);
    expectColours();
    const QPointF at = centre(40, 7);
    for (int turn = 0; turn < 4; ++turn) wheel(at, 1);
    const auto [rows, columns] = heatmap.window();
    EXPECT_LT(rows.end - rows.first, 32);
    EXPECT_LT(columns.end - columns.first, 8);
    EXPECT_LE(std::abs(heatmap.cellRect(40, 7).center().y() - at.y()), 2 * heatmap.cellRect(40, 7).height());
    EXPECT_LE(std::abs(heatmap.cellRect(40, 7).center().x() - at.x()), heatmap.cellRect(40, 7).width());
    expectColours();

    wheel(at, 1, Qt::ShiftModifier);
    EXPECT_EQ(heatmap.window().columns, columns) << "with Shift the neurons alone";
    EXPECT_LT(heatmap.window().rows.end - heatmap.window().rows.first, rows.end - rows.first);
    wheel(at, -30);
    EXPECT_EQ(heatmap.window(), all);
}

TEST_F(PlanHandTest, DraggingMovesAndKeysDoAllOfIt) {
    QTest::keyClick(&heatmap, Qt::Key_Plus);
    QTest::keyClick(&heatmap, Qt::Key_Plus);
    QTest::keyClick(&heatmap, Qt::Key_Plus);
    const auto before = heatmap.window();
    const QPoint from = centre(before.rows.first + 8, before.columns.first + 2).toPoint();
    const QPoint to = centre(before.rows.first + 3, before.columns.first + 1).toPoint();
    QTest::mousePress(&heatmap, Qt::LeftButton, {}, from);
    QMouseEvent move(QEvent::MouseMove, to, heatmap.mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(&heatmap, &move);
    QTest::mouseRelease(&heatmap, Qt::LeftButton, {}, to);
    EXPECT_EQ(heatmap.window().rows.first, before.rows.first + 5);
    EXPECT_EQ(heatmap.window().columns.first, before.columns.first + 1);
    expectColours();
    moveMouse(heatmap, from);
    EXPECT_EQ(heatmap.window().rows.first, before.rows.first + 5) << "the button is up again";

    QTest::keyClick(&heatmap, Qt::Key_Up, Qt::ControlModifier);
    EXPECT_LT(heatmap.window().rows.first, before.rows.first + 5);
    QTest::keyClick(&heatmap, Qt::Key_Minus);
    EXPECT_GT(heatmap.window().rows.end - heatmap.window().rows.first, before.rows.end - before.rows.first);
    QTest::keyClick(&heatmap, Qt::Key_0);
    EXPECT_EQ(heatmap.window(), (PlanWindow{{0, 64}, {0, 12}}));

    for (int i = 0; i < 5; ++i) QTest::keyClick(&heatmap, Qt::Key_Plus);
    for (int i = 0; i < 64; ++i) QTest::keyClick(&heatmap, Qt::Key_Down);
    EXPECT_EQ(heatmap.window().rows.end, 64) << "the window goes with the cell that the arrows point at";
}

TEST_F(PlanHandTest, HoldsItsWindowWhenANewerPlanComes) {
    wheel(centre(40, 7), 3);
    const auto window = heatmap.window();
    heatmap.setSnapshot(samples::plan(64, 12, true, 9));
    EXPECT_EQ(heatmap.window(), window);
    heatmap.setSnapshot(samples::plan(20, 5, false, 0));
    EXPECT_EQ(heatmap.window(), (PlanWindow{{0, 20}, {0, 5}})) << "another model";
}

TEST_F(PlanHandTest, AsksToHoldTheNeuronUnderThePointerAndShowsIt) {
    QSignalSpy wanted(&heatmap, &PlanHeatmap::markWanted);
    QTest::keyClick(&heatmap, Qt::Key_P);
    EXPECT_EQ(wanted.size(), 0) << "nothing is pointed at";
    moveMouse(heatmap, centre(heatmap.rowOf(17), 4));
    QTest::keyClick(&heatmap, Qt::Key_P);
    moveMouse(heatmap, centre(heatmap.rowOf(30), 0));
    QTest::keyClick(&heatmap, Qt::Key_F);
    QTest::keyClick(&heatmap, Qt::Key_Delete);
    ASSERT_EQ(wanted.size(), 3);
    EXPECT_EQ(wanted[0], (QVariantList{17, 4, QVariant::fromValue(PlanMarking::pin)}));
    EXPECT_EQ(wanted[1], (QVariantList{30, 0, QVariant::fromValue(PlanMarking::forbid)}));
    EXPECT_EQ(wanted[2], (QVariantList{30, 0, QVariant::fromValue(PlanMarking::free)}));
    EXPECT_EQ(heatmap.actions()[0]->text(), "&Pin neuron 30 to the shared neurons");

    QTest::mouseMove(&heatmap, {1, 1});
    moveMouse(heatmap, {1, 1});
    const QImage bare = picture(heatmap);
    heatmap.setMarks({{17, 4, PlanMarking::pin}, {30, 0, PlanMarking::forbid}, {900, 2, PlanMarking::pin}});
    const QImage marked = picture(heatmap);
    EXPECT_TRUE(similar(colourAt(marked, centre(heatmap.rowOf(17), 4)), Qt::white));
    EXPECT_TRUE(similar(colourAt(marked, centre(heatmap.rowOf(30), 0)), Qt::white, 60));
    int differing = 0;
    const double ratio = bare.devicePixelRatio();
    for (int y = 0; y < bare.height(); ++y)
        for (int x = 0; x < bare.width(); ++x) differing += bare.pixel(x, y) != marked.pixel(x, y) ? 1 : 0;
    EXPECT_GT(differing, 60 * ratio * ratio);
    EXPECT_LT(differing, 700 * ratio * ratio) << "two marks and nothing else";
}

}  // namespace
}  // namespace dotmoe
