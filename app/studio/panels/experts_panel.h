// Experts tab: the load of every expert of the layer against an even share, live; and of a finished or opened
// conversion what each expert is for.
#pragma once

#include <QTimer>
#include <QWidget>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/studio/expert_trial.h"
#include "events/snapshot.h"

class QLabel;
class QSpinBox;
class QStackedWidget;

namespace dotmoe {
class BalanceBars;
}

namespace dotmoe::studio {

class ExpertViews;

class ExpertsPanel : public QWidget {
    Q_OBJECT

  public:
    explicit ExpertsPanel(std::shared_ptr<OpenedModels> models, QWidget* parent = nullptr);

    /// What a run told of the layer; null: nothing.
    void setLoad(const std::shared_ptr<const LoadSnapshot>& load);
    void setLayer(int layer);
    void setSharedNeurons(int neurons);
    /// Off: a moment of a recording is shown, and the bars are those of then.
    void setLive(bool live);
    /// The folder of a conversion to ask, while the panel is seen; empty: none.
    void setConversion(const std::filesystem::path& folder);
    /// Whose held-out documents its experts are tried on, once it rests.
    void setText(const std::vector<std::filesystem::path>& text);

  signals:
    /// By hand.
    void layerChosen(int layer);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void wire();
    void chooseExpert(int expert);
    void chooseLayer(int layer);
    /// The layer's bars, profile and summary.
    void showLayer();
    void showHint();

    QTimer m_typed;
    std::vector<std::filesystem::path> m_text;  ///< that is being typed
    std::shared_ptr<const LoadSnapshot> m_load;
    int m_layer = 0;
    bool m_live = true;
    QString m_trouble;  ///< why the conversion did not answer
    ExpertTrial m_trial;
    BalanceBars* m_bars;
    ExpertViews* m_views;
    QSpinBox* m_layerBox;
    QLabel *m_summary, *m_progress, *m_hint;
    QStackedWidget* m_lower;
};

}  // namespace dotmoe::studio
