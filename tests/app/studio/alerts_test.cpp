// What goes wrong in a run is said with its remedy; what goes well raises nothing.
#include <QPlainTextEdit>
#include <QTableView>

#include "app/studio/panels/banner.h"
#include "events/alerts.h"
#include "pipeline/convert.h"
#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

/// Hears every event of a run.
class AlertSink final : public EventSink {
  public:
    void publish(Payload payload) override {
        const std::lock_guard lock(m_mutex);
        if (const auto alert = m_rules.hear(payload)) alerts.push_back(*alert);
    }
    std::vector<Alert> alerts;

  private:
    std::mutex m_mutex;
    AlertRules m_rules;
};

class AlertsTest : public StudioDriver {
  protected:
    std::vector<Alert> alertsOf(const ConvertRequest& request) {
        AlertSink sink;
        RunControl control;
        convert(request, {sink, control});
        return sink.alerts;
    }
};

TEST_F(AlertsTest, ARunThatGoesWellRaisesNone) {
    for (const auto& alert : alertsOf(toyRequest("well", 20))) ADD_FAILURE() << alert.text;
}

TEST_F(AlertsTest, RatesThatAreFarTooHighAreADivergence) {
    auto request = toyRequest("badly", 40);
    request.recipe.distill.router_lr = 1;
    request.recipe.distill.affinity_lr = 1;
    request.recipe.distill.clip = 1e3;
    request.recipe.distill.balance_weight = 0;
    request.recipe.distill.load_floor = 0;
    const auto alerts = alertsOf(request);
    EXPECT_TRUE(
        std::ranges::any_of(alerts, [](const Alert& alert) { return alert.kind == AlertKind::divergence; }));
    for (const auto& alert : alerts)
        EXPECT_NE(alert.text.find("recipe.toml"), std::string::npos) << alert.text;
}

TEST_F(AlertsTest, TheWindowSaysItAndTheLogKeepsIt) {
    openWindow(toyOptions());
    ASSERT_TRUE(eventually([&] { return find<QTableView>("layers")->model()->rowCount() > 0; })) << banner();
    auto& bridge = m_window->bridge();
    Started started;
    started.experts = 20;
    started.active = 2;
    started.layers = 2;
    emit bridge.started(started);
    LayerStatus status;
    status.layer = 1;
    status.state = LayerState::done;
    status.dead = 7;
    emit bridge.layerChanged(status);
    EXPECT_EQ(banner().find("Layer 1: 7 of 20 experts"), 0U) << banner();
    EXPECT_EQ(find<Banner>("banner")->kind(), Banner::Kind::warning);
    EXPECT_TRUE(find<QPlainTextEdit>("log")->toPlainText().contains("warning: Layer 1: 7 of 20"));
}

}  // namespace
}  // namespace dotmoe::studio
