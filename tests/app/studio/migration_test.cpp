// A person marks a moment, goes to another and sees where the neurons went; live and in a recording.
#include "recording/settled.h"
#include "studio_driver.h"
#include "widgets/migration_flow.h"
#include "widgets/settled_bars.h"
#include "widgets/time_slider.h"

namespace dotmoe::studio {
namespace {

class MigrationTest : public StudioDriver {
  protected:
    Timeline& timeline() { return m_window->timeline(); }
    MigrationFlow& flow() { return *find<MigrationFlow>("flow"); }
    /// By a reader of its own: neurons of a layer in other experts than at the moment before.
    int moved(const Recording& recording, int from, int to, int layer) {
        const auto a = recording.plan(static_cast<std::size_t>(from), layer)->owner,
                   b = recording.plan(static_cast<std::size_t>(to), layer)->owner;
        int count = 0;
        for (std::size_t neuron = 0; neuron < a.size(); ++neuron) count += a[neuron] != b[neuron] ? 1 : 0;
        return count;
    }
    int firstPlan(const Recording& recording, int layer) {
        int moment = 0;
        while (!recording.plan(static_cast<std::size_t>(moment), layer)) ++moment;
        return moment;
    }
};

TEST_F(MigrationTest, GoesFromTheMarkToTheMomentShown) {
    const auto path = std::filesystem::path(m_folder.path().toStdString()) / "toy.moerec";
    recordToy(path);
    Options options;
    options.model = path;
    openWindow(options);
    ASSERT_TRUE(eventually([&] { return timeline().moments() > 0; })) << banner();
    clickLayer(1);
    showTab(3);
    const Recording recording(path);
    const int last = timeline().moments() - 1, first = firstPlan(recording, 1);
    ASSERT_TRUE(flow().migration());
    EXPECT_EQ(flow().migration()->moved(), moved(recording, first, last, 1));
    EXPECT_GT(flow().migration()->moved(), 0);

    auto* slider = find<TimeSlider>("time");
    const auto goTo = [&](int moment) {
        QTest::mouseClick(slider, Qt::LeftButton, {}, {slider->xOf(moment), slider->height() / 2});
        ASSERT_EQ(timeline().moment(), moment);
    };
    const QImage bare = slider->grab().toImage();
    const int at = (first + last) / 2;
    goTo(at);
    QTest::keyClick(m_window.get(), Qt::Key_M, Qt::ControlModifier);
    EXPECT_EQ(flow().migration()->moved(), 0) << "from here to here";
    goTo(last);
    EXPECT_EQ(flow().migration()->moved(), moved(recording, at, last, 1));
    EXPECT_NE(slider->grab().toImage(), bare) << "a flag shows the mark";
    clickLayer(0);
    EXPECT_EQ(flow().migration()->moved(), moved(recording, at, last, 0));
    clickButton("Forget the mark");
    EXPECT_EQ(flow().migration()->moved(), moved(recording, firstPlan(recording, 0), last, 0));

    auto* bars = find<SettledBars>("settled");
    const auto settled = settled_moments(recording);
    ASSERT_TRUE(eventually([&] { return bars->table().rows.size() == settled.size(); }));
    for (std::size_t layer = 0; layer < settled.size(); ++layer)
        EXPECT_EQ(bars->table().rows[layer][2], QString::number(recording.moments()[*settled[layer]].step));
}

TEST_F(MigrationTest, FollowsARunThatGoesOn) {
    openWindow(toyOptions());
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
    showTab(3);
    EXPECT_EQ(flow().title(), "No two plans of this layer yet");
    click("convert");
    ASSERT_TRUE(eventually([&] { return flow().migration() && flow().migration()->moved() > 0; }))
        << banner();
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    clickLayer(1);
    const Recording recording(*toyOptions().out / "recording.moerec");
    EXPECT_EQ(flow().migration()->moved(),
              moved(recording, firstPlan(recording, 1), static_cast<int>(recording.moments().size()) - 1, 1));
    ASSERT_TRUE(eventually([&] { return !find<SettledBars>("settled")->table().rows.empty(); }));
}

}  // namespace
}  // namespace dotmoe::studio
