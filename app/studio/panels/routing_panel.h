// Routing tab: a text of the user's, coloured by the expert of each token, live during a conversion and after
// it; and what a finished conversion answers about it.
#pragma once

#include <QTimer>
#include <QWidget>
#include <filesystem>
#include <memory>
#include <optional>

#include "app/studio/forcings.h"
#include "app/studio/routing_trial.h"
#include "events/snapshot.h"

class QLabel;
class QPlainTextEdit;
class QTableView;
class QTabWidget;

namespace dotmoe {
class BlameBars;
class EffectCurve;
class RoutingMap;
class RoutingTableModel;
class TokenCanvas;
}  // namespace dotmoe

namespace dotmoe::studio {

struct Actions;
class ContinuationPanel;

class RoutingPanel : public QWidget {
    Q_OBJECT

  public:
    RoutingPanel(const Actions& actions, std::shared_ptr<OpenedModels> models, QWidget* parent = nullptr);

    QString text() const;
    /// Null: no run has routed the text yet.
    void setRouting(const std::shared_ptr<const RoutingSnapshot>& routing);
    void setLayer(int layer);
    /// Off: a moment of a recording is shown, and the text that was routed then stands where the user's was.
    void setLive(bool live);
    /// The folder of a conversion to ask, from when the panel is seen; empty: none, and nothing can be
    /// forced.
    void setConversion(const std::filesystem::path& folder);
    Forcings& forcings() { return m_forcings; }

  signals:
    /// The user paused typing.
    void textEdited(const QString& text);
    /// A layer of the selected token's map was clicked.
    void layerChosen(int layer);
    void failed(const QString& reason);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    QWidget* buildTables();
    QWidget* buildMaps();
    void wireViews();
    void wireTrial();
    void selectToken(int token);
    void showText(const QString& text);
    void chooseLayer(int layer);
    /// What was answered about another text or conversion goes.
    void forgetAnswers();
    /// The conversion's models are loaded for one who looks, and not while a recording's text stands there.
    void askConversion();
    void askAboutToken(int token);
    void showForcings();

    QTimer m_typed;
    std::shared_ptr<const RoutingSnapshot> m_routing;
    std::optional<QString> m_ownText;  ///< the user's, while a recording's is shown
    std::filesystem::path m_folder;    ///< of the conversion
    Forcings m_forcings;
    RoutingTrial m_trial;
    QPlainTextEdit* m_text;
    QLabel *m_hint, *m_asking;
    TokenCanvas* m_canvas;
    RoutingMap* m_map;
    ExpertMap* m_experts;
    EffectCurve* m_effect;
    BlameBars* m_blame;
    QTabWidget *m_tables, *m_maps;
    ContinuationPanel* m_continuation;
    QTableView* m_table;
    RoutingTableModel* m_rows;
};

}  // namespace dotmoe::studio
