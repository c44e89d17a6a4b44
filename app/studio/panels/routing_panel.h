// Routing tab: a text of the user's, coloured by the expert of each token, live during a conversion and after
// it.
#pragma once

#include <QTimer>
#include <QWidget>
#include <memory>
#include <optional>

#include "events/snapshot.h"

class QLabel;
class QPlainTextEdit;
class QTableView;

namespace dotmoe {
class RoutingMap;
class RoutingTableModel;
class TokenCanvas;
}  // namespace dotmoe

namespace dotmoe::studio {

class RoutingPanel : public QWidget {
    Q_OBJECT

  public:
    explicit RoutingPanel(QWidget* parent = nullptr);

    QString text() const;
    /// Null: no run has routed the text yet.
    void setRouting(const std::shared_ptr<const RoutingSnapshot>& routing);
    void setLayer(int layer);
    /// Off: a moment of a recording is shown, and the text that was routed then stands where the user's was.
    void setLive(bool live);

  signals:
    /// The user paused typing.
    void textEdited(const QString& text);
    /// A layer of the selected token's map was clicked.
    void layerChosen(int layer);

  private:
    void selectToken(int token);
    void showText(const QString& text);

    QTimer m_typed;
    QString m_routedText;
    std::optional<QString> m_ownText;  ///< the user's, while a recording's is shown
    QPlainTextEdit* m_text;
    QLabel* m_hint;
    TokenCanvas* m_canvas;
    RoutingMap* m_map;
    QTableView* m_table;
    RoutingTableModel* m_rows;
};

}  // namespace dotmoe::studio
