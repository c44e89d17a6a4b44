// The open model and its layers; the selected layer drives every view.
#pragma once

#include <QWidget>

#include "app/studio/layer_model.h"
#include "events/event.h"
#include "pipeline/inspect.h"

class QLabel;
class QTableView;

namespace dotmoe::studio {

class ModelPanel : public QWidget {
    Q_OBJECT

  public:
    explicit ModelPanel(QWidget* parent = nullptr);

    LayerModel& layers() { return *m_layers; }
    /// What the file is; layers all dense, the first one selected.
    void showModel(const ModelSummary& summary);
    /// A recorded run, of a model that need not be here.
    void showRecording(const std::filesystem::path& path, const Started& run);
    void showNoModel();
    void selectLayer(int layer);
    int selectedLayer() const;

  signals:
    void layerSelected(int layer);
    /// The user did it, by mouse or keyboard.
    void layerChosen();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QLabel* m_name;
    QLabel* m_facts;
    QTableView* m_table;
    LayerModel* m_layers;
    int m_selectedAtPress = -1;   ///< of the mouse, on the list
    bool m_programmatic = false;  ///< selectLayer() is at work
};

}  // namespace dotmoe::studio
